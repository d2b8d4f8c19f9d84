"use strict";document.title="Draft";
//# sourceMappingURL=draft.js.map
