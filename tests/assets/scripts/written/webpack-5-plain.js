/******/ (() => { // webpackBootstrap
let __webpack_exports__ = {};
// This entry needs to be wrapped in an IIFE because it uses a non-standard name for the exports (exports).
(() => {
let exports = __webpack_exports__;
exports.tax = function tax(x) { return x * 0.2; };

})();

/******/ })()
;