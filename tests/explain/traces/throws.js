// Each entry of `kinds` makes an error in another way.
const traces = {};
function fail() { return new Error("no: see https://docs.example/help"); }
const anonymous = [() => fail()][0];
class Basket {
  constructor(deep) { if (deep) this.error = fail(); }
  get total() { return fail(); }
  static of() { return new Basket(true).error; }
  ["odd name"]() { return fail(); }
  #hidden() { return fail(); }
  open() { return this.#hidden(); }
}
const kinds = {
  plain() { return fail(); },
  anonymous() { return anonymous(); },
  constructor_() { return Basket.of(); },
  getter() { return new Basket(false).total; },
  odd() { return new Basket(false)["odd name"](); },
  hidden() { return new Basket(false).open(); },
  alias() { const o = { first: fail }; o.second = o.first; return o.second(); },
  native() { return [1].map(() => fail())[0]; },
  sorted() { let e; [2, 1].sort(() => { e = fail(); return 0; }); return e; },
  replaced() { let e; "a".replace(/a/, () => { e = fail(); return ""; }); return e; },
  eval_() { return eval("fail()"); },
  eval_deep() { return eval("eval('fail()')"); },
  indirect() { return (0, eval)("fail()"); },
  function_() { return new Function("return fail()")(); },
  named_eval() { return eval("fail()\n//# sourceURL=webpack-internal:///./src/basket.js"); },
  async await_() { await null; return fail(); },
  async await_twice() { return await kinds.await_(); },
  async all() { return (await Promise.all([kinds.await_()]))[0]; },
  promise() { return Promise.resolve().then(() => fail()); },
  timer() { return new Promise((done) => setTimeout(() => done(fail()), 0)); },
  recursion() { const down = (n) => (n ? down(n - 1) : fail()); return down(3); },
  generator() { function* g() { yield fail(); } return [...g()][0]; },
  json() { let e; JSON.parse("[1]", () => { e = fail(); }); return e; },
  proxy() { return new Proxy({}, { get: () => fail() }).x; },
  symbol() { return { [Symbol.iterator]() { return fail(); } }[Symbol.iterator](); },
  bound() { return fail.bind(null)(); },
  data() { return import("data:text/javascript,export default globalThis.fail()").then((m) => m.default); },
  blob() {
    if (typeof URL.createObjectURL !== "function" || typeof document === "undefined") return null;
    const url = URL.createObjectURL(new Blob(["export default globalThis.fail()"], { type: "text/javascript" }));
    return import(url).then((m) => m.default);
  },
  wasm() {
    // (module (import "e" "f" (func)) (func (export "g") call 0))
    const bytes = [0,97,115,109,1,0,0,0,1,4,1,96,0,0,2,7,1,1,101,1,102,0,0,3,2,1,0,7,5,1,1,103,0,1,10,6,1,4,0,16,0,11];
    let e;
    const module = new WebAssembly.Module(new Uint8Array(bytes));
    new WebAssembly.Instance(module, { e: { f() { e = fail(); } } }).exports.g();
    return e;
  },
};
globalThis.fail = fail;
globalThis.collected = (async () => {
  for (const [kind, run] of Object.entries(kinds)) {
    try {
      const error = await run();
      if (error) traces[kind] = String(error.stack);
    } catch (error) { traces[kind] = "FAILED " + error + "\n" + error.stack; }
  }
  return traces;
})();
