import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// In development the API is a server that runs already: npm run dev, and `sluice serve` beside it.
const api = 'http://127.0.0.1:8080'
const ours = ['/api', '/data', '/v1', '/oauth', '/ims', '/health', '/metrics', '/openapi', '/portal']

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: { outDir: '../../../artifacts/console', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 700 },
  server: { proxy: Object.fromEntries(ours.map((path) => [path, api])) },
})
