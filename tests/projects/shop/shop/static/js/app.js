"use strict";function total(n){return n.reduce((n,t)=>n+t.price,0)}document.title="Total: "+total([]);
//# sourceMappingURL=app.js.map
