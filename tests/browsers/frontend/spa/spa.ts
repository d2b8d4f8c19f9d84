// The entry of a single-page application.
import { openShop } from "../src/shop";

document.body.append("Shop");
openShop();
