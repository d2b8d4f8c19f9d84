import { totalOf, type Line } from "./prices";

const isOpen = /^(open|new)\/{2}["'`{]/;

export class Basket {
  private readonly lines: Line[] = [];

  constructor(private readonly state: string) {}

  add(article: string, price: number, amount = 1): this {
    this.lines.push({ article, price, amount });
    return this;
  }

  get total(): number {
    if (!isOpen.test(this.state)) {
      throw new Error("the basket { is closed: it's " + this.state);
    }
    return totalOf(this.lines, JSON.parse("null"));
  }
}

export const showTotal = (basket: Basket): string => `${basket.total.toFixed(2)} €`;
