import{a,b}from"./chunk-XCSUILS5.js";import"./chunk-SSHEBZNB.js";export{b as each,a as euro};
