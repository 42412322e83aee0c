export default {
  esbuild: { jsx: 'automatic' },
  // Vite's development server would move the package's scripts away from its worker.
  optimizeDeps: { exclude: ['@mediarelay/upload'] },
}
