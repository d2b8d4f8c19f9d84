import { Basket, showTotal } from "./basket";

async function checkOut(states: string[]): Promise<string[]> {
  return states.map((state) => {
    const basket = new Basket(state).add("tea", 3.5, 2);
    return showTotal(basket);
  });
}

Object.assign(globalThis, { checkOut });
