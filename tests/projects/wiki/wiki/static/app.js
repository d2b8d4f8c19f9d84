alert("wiki");
//# sourceMappingURL=app.js.map
