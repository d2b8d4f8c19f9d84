"use strict";document.title="Faulty";
//# sourceMappingURL=app.js.map
