define([],()=>({id:"clock"}));
//# sourceMappingURL=app.js.map
