alert("faulty");
//# sourceMappingURL=app.js.map
