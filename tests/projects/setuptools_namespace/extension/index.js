"use strict";document.title="Extension";
//# sourceMappingURL=index.js.map
