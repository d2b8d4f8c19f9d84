"use strict";document.title="Orchard";
//# sourceMappingURL=app.js.map
