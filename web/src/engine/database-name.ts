/** The names by which the page finds the worker's database (storage/database.ts). */
export const DATABASE_NAME = 'mediarelay'
export const RECORDS_STORE = 'uploads'
