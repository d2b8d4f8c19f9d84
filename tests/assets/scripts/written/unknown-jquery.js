(function ($) {
    'use strict';

    $(function () {
        $("body").addClass("ready");
    });
})(jQuery);
