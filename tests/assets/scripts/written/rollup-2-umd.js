(function (global, factory) {
	typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) :
	typeof define === 'function' && define.amd ? define(['exports'], factory) :
	(global = typeof globalThis !== 'undefined' ? globalThis : global || self, factory(global.shop = {}));
})(this, (function (exports) { 'use strict';

	function euro(x) { return `${x.toFixed(2)} EUR`; }
	function* each(items) { for (const item of items) yield item; }

	exports.each = each;
	exports.euro = euro;

	Object.defineProperty(exports, '__esModule', { value: true });

}));
