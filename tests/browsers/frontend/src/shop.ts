// What each page does: two errors, of which one is thrown by a script that is loaded later.
import { totalOf } from "./cart";
import { notePlace } from "./places";
import { startSentry } from "./sentry";

export function openShop(): void {
  startSentry();
  notePlace();
  window.setTimeout(() => totalOf([{ price: 3, amount: 2 }]));
  void import("./report").then(({ titleOf }) => window.setTimeout(() => titleOf([])));
}
