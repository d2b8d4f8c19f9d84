"use strict";document.title="Garden";
//# sourceMappingURL=app.js.map
