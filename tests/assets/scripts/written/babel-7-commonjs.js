"use strict";

Object.defineProperty(exports, "__esModule", {
  value: true
});
exports.Shop = void 0;
var _cart = require("./cart.js");
var _legacy = _interopRequireDefault(require("./legacy.cjs"));
var util = _interopRequireWildcard(require("./util.js"));
function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }
var cache;
function _interopRequireWildcard(e, t) { if (!t && e && e.__esModule) return e; var r, c, a = Object.defineProperty, n = { __proto__: null, default: e }; if (Object(e) !== e) return n; if (cache || "function" != typeof WeakMap || (cache = new WeakMap()), cache) { if (cache.has(e)) return cache.get(e); cache.set(e, n); } for (c in e) "default" !== c && {}.hasOwnProperty.call(e, c) && ((r = a && Object.getOwnPropertyDescriptor(e, c)) && (r.get || r.set) ? a(n, c, r) : n[c] = e[c]); return n; }
class Shop {
  #x = 1;
  async load(id) {
    const {
      render
    } = await Promise.resolve().then(() => _interopRequireWildcard(require("./lazy.js")));
    return render((0, _cart.total)([{
      price: 2,
      amount: id
    }]) + _legacy.default.tax(this.#x), util);
  }
}
exports.Shop = Shop;
const shop = new Shop();
document.addEventListener("click", async event => {
  try {
    await shop.load(event.detail ?? 1);
  } catch (error) {
    console.error("shop", error?.message);
  }
});