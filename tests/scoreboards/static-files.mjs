// Lets Node find the boards' scripts as a browser does: what is not among the boards' own files is among those all pages share.

import { register } from "node:module";

const OWN = "/scoreboards/static/";
const SHARED = "/competition/static/";

register(
  `data:text/javascript,export ${encodeURIComponent(
    `async function resolve(name, context, next) {
      try {
        return await next(name, context);
      } catch (error) {
        const url = new URL(name, context.parentURL).href.replace("${OWN}", "${SHARED}");
        return next(url, context);
      }
    }`,
  )}`,
);
