/**
 * To be imported before any schema is made: zod would try whether it may
 * evaluate code, and the page's content security policy would report it.
 */
import { config } from "zod";

config({ jitless: true });
