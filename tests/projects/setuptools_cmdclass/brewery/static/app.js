"use strict";document.title="Brewery";
//# sourceMappingURL=app.js.map
