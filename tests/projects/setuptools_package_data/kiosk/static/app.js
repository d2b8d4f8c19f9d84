"use strict";document.title="Kiosk";
//# sourceMappingURL=app.js.map
