// An extension of JupyterLab.
import { openShop } from "./shop";

export default {
  id: "shop-lab:plugin",
  autoStart: true,
  activate: openShop,
};
