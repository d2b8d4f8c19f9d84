alert("forum");
//# sourceMappingURL=app.js.map
