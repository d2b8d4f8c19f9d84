System.register('shop', [], (function (exports) {
	'use strict';
	return {
		execute: (function () {

			const total = exports('total', (lines) => { let sum = 0; for (const { price, amount = 1, ...rest } of lines) { sum += price * amount; if (rest.gift) sum -= 1; } return sum; });

		})
	};
}));
