// Rows and predictions of models in service, generated from their signatures by modelwright. To be used as
//   import { connect } from 'modelwright/client'
//   const models = connect<Models>('http://localhost:8080')

export interface Models {
  /** Version 3: binary. */
  readonly "churn": {
    readonly row: {
      readonly "tenure": number | null
      readonly "plan": string | null
      readonly "since": string | null
      readonly "partner": "No" | "Yes" | boolean | null
      readonly "active": boolean | null
    }
    readonly prediction: "stays" | "leaves"
    readonly classes: "stays" | "leaves"
  }

  /** Version 1: regression. */
  readonly "price": {
    readonly row: {
      readonly "size": number | null
    }
    readonly prediction: number
    readonly classes: never
  }

  /** Version 1: binary. */
  readonly "flag": {
    readonly row: {
      readonly "size": number | null
    }
    readonly prediction: false | true
    readonly classes: "false" | "true"
  }

  /** Version 1: multiclass. */
  readonly "grade": {
    readonly row: {
      readonly "size": number | null
    }
    readonly prediction: 1 | 2 | 3
    readonly classes: "1" | "2" | "3"
  }

  /** Version 1 *∕ }: binary. */
  readonly "it's a \"name\" */ \u2028 }": {
    readonly row: {
      readonly "__proto__": number | null
      readonly "\"; }": string | null
    }
    readonly prediction: "a\"b" | "*/"
    readonly classes: "a\"b" | "*/"
  }
}
