// A script without any other, of a blueprint or a second application.
import { totalOf } from "./cart";
import { notePlace } from "./places";
import { startSentry } from "./sentry";

startSentry();
notePlace();
window.setTimeout(() => totalOf([{ price: 5, amount: 1 }]));
