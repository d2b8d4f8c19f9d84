// A component of Dash, which finds it by namespace and name, and brings React.
import { totalOf } from "./cart";
import { notePlace } from "./places";
import { startSentry } from "./sentry";

interface DashPage extends Window {
  readonly React: { createElement(type: string, properties: null, text: string): unknown };
  shop?: { Cart(): unknown };
}

const page = window as unknown as DashPage;

page.shop = {
  Cart(): unknown {
    return page.React.createElement("p", null, "Cart");
  },
};
startSentry();
notePlace();
window.setTimeout(() => totalOf([{ price: 2, amount: 2 }]));
