"use strict";document.title="Market";
//# sourceMappingURL=app.js.map
