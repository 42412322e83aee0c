// What a server's bundle imports.
import '@mediarelay/upload'
import '@mediarelay/upload/headless'
import '@mediarelay/upload/check'
