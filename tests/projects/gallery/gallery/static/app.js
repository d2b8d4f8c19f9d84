alert("gallery");
//# sourceMappingURL=app.js.map
