// The script of a page that a server renders.
import { openShop } from "./shop";

openShop();
