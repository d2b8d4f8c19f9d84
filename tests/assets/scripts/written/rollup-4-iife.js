var shop = (function (exports) {
	'use strict';

	function euro(x) { return `${x.toFixed(2)} EUR`; }
	function* each(items) { for (const item of items) yield item; }

	exports.each = each;
	exports.euro = euro;

	return exports;

})({});
