export { cholesky, eigh, qr, svd } from './factors.js'
export {
  det,
  inverse,
  type LeastSquaresSolution,
  logDet,
  lstsq,
  matrixRank,
  pinv,
  type RankOptions,
  solve,
} from './solve.js'
