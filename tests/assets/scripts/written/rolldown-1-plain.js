var shop = (function(exports) {

Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
// \0rolldown/runtime.js
	var __create = Object.create;
	var __defProp = Object.defineProperty;
	var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
	var __getOwnPropNames = Object.getOwnPropertyNames;
	var __getProtoOf = Object.getPrototypeOf;
	var __hasOwnProp = Object.prototype.hasOwnProperty;
	var __esmMin = (fn, res, err) => () => {
		if (err) throw err[0];
		try {
			return fn && (res = fn(fn = 0)), res;
		} catch (e) {
			throw err = [e], e;
		}
	};
	var __commonJSMin = (cb, mod) => () => (mod || (cb((mod = { exports: {} }).exports, mod, mod.exports), cb = null), mod.exports);
	var __exportAll = (all, flags) => {
		let target = Object.setPrototypeOf({}, null);
		for (var name in all) {
			__defProp(target, name, {
				get: all[name],
				enumerable: true
			});
		}
		if (!(flags & 1)) {
			__defProp(target, Symbol.toStringTag, { value: "Module" });
		}
		return flags & 2 ? target : Object.preventExtensions(target);
	};
	var __copyProps = (to, from, except, desc) => {
		if (from && typeof from === "object" || typeof from === "function") {
			for (var keys = __getOwnPropNames(from), i = 0, n = keys.length, key; i < n; i++) {
				key = keys[i];
				if (!__hasOwnProp.call(to, key) && key !== except) {
					__defProp(to, key, {
						get: ((k) => from[k]).bind(null, key),
						enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable
					});
				}
			}
		}
		return to;
	};
	var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(isNodeMode || !mod || !mod.__esModule || !__hasOwnProp.call(mod, "default") ? __defProp(target, "default", {
		value: mod,
		enumerable: true
	}) : target, mod));

// src/cart.js
	const total = (lines) => {
		let sum = 0;
		for (const { price, amount = 1, ...rest } of lines) {
			sum += price * amount;
			if (rest.gift) sum -= 1;
		}
		return sum;
	};

// src/legacy.cjs
	var require_legacy = /* @__PURE__ */ __commonJSMin(((exports) => {
		exports.tax = function tax(x) {
			return x * .2;
		};
	}));

// src/util.js
	var import_legacy = /* @__PURE__ */ __toESM(require_legacy());
	var util_exports = /* @__PURE__ */ __exportAll({
		each: () => each,
		euro: () => euro
	});
	function euro(x) {
		return `${x.toFixed(2)} EUR`;
	}
	function* each(items) {
		for (const item of items) yield item;
	}

// src/lazy.js
	var lazy_exports = /* @__PURE__ */ __exportAll({ render: () => render });
	function render(sum, util) {
		document.body.textContent = util.euro(sum);
		return [...util.each([sum])];
	}
	var init_lazy = __esmMin((() => {}));

// src/main.js
	var Shop = class {
		#x = 1;
		async load(id) {
			const { render } = await Promise.resolve().then(() => (init_lazy(), lazy_exports));
			return render(total([{
				price: 2,
				amount: id
			}]) + import_legacy.tax(this.#x), util_exports);
		}
	};
	const shop = new Shop();
	document.addEventListener("click", async (event) => {
		try {
			await shop.load(event.detail ?? 1);
		} catch (error) {
			console.error("shop", error?.message);
		}
	});

exports.Shop = Shop;
return exports;
})({});