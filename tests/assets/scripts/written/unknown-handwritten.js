(function () { const state = { open: false }; function toggle(event) { state.open = !state.open; document.title = String(event.type); } document.addEventListener("click", toggle); })();
