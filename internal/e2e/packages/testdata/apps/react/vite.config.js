export default {
  oxc: { jsx: { runtime: 'automatic' } },
  // Vite's development server would move the package's scripts away from its worker.
  optimizeDeps: { exclude: ['@mediarelay/upload'] },
}
