/**
 * To be imported before any schema is made: zod would try whether it may
 * evaluate code, and a page's content security policy would report it.
 *
 * @module
 */
import * as z from "zod";

z.config({ jitless: true });
