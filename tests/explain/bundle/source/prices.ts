export interface Line {
  readonly article: string;
  readonly price: number;
  readonly amount: number;
}

/** The sum of all lines, with the discount taken off. */
export function totalOf(lines: readonly Line[], discount?: { share: number }): number {
  let total = 0;
  for (const line of lines) {
    if (line.amount < 1) {
      throw new RangeError(`“${line.article}” 😀 needs an amount`, { cause: line });
    }
    total += line.price * line.amount;
  }
  return total * (1 - discount!.share);
}
