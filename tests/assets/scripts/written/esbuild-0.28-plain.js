(() => {
  // src/util.js
  function euro(x) {
    return `${x.toFixed(2)} EUR`;
  }
  function* each(items) {
    for (const item of items) yield item;
  }
})();
