"use strict";
Object.defineProperty(exports, "__esModule", {
    value: true
});
function _export(target, all) {
    for(var name in all)Object.defineProperty(target, name, {
        enumerable: true,
        get: Object.getOwnPropertyDescriptor(all, name).get
    });
}
_export(exports, {
    get each () {
        return each;
    },
    get euro () {
        return euro;
    }
});
function euro(x) {
    return `${x.toFixed(2)} EUR`;
}
function* each(items) {
    for (const item of items)yield item;
}
