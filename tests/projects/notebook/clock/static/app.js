setInterval(()=>document.title=Date(),1e3);
//# sourceMappingURL=app.js.map
