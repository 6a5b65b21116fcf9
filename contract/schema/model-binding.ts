/** A model card: the artifact, its inputs, and what happens when it does not answer. */
import Type, { type Static } from 'typebox'
import { listOf, mapOf, object, optional, words } from './build.ts'
import { FilePath, Id, Name, Sha256, text } from './scalars.ts'
import { FORMATS } from './values.ts'

const Probability = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })
const Input = object({
  name: text('^[a-z][a-z0-9_]*$', 'a name in lower case', 'An input that the runtime makes.'),
  type: words(['int64', 'float'], 'Type in the model.'),
  missing: optional(Type.Number({ description: 'Value when the request does not have it. Default: 0.' })),
})

export const ModelBindingSchema = object(
  {
    model: Id('Id of the model.'),
    name: optional(Name()),
    predicts: words(['click', 'conversion'], 'A click of an impression, or a conversion of a click.'),
    artifact: object({
      file: FilePath('The model, .onnx or .json of a linear model, next to this file.'),
      sha256: Sha256('Digest of the file.'),
    }),
    used_by: optional(
      object(
        { formats: listOf(words(FORMATS), 'Formats whose bids use it unless they name another.') },
        'Where it is the default.',
      ),
    ),
    inputs: listOf(Input, 'Inputs in the order of the model.'),
    calibration: optional(
      object(
        {
          method: words(['isotonic'], 'Piecewise linear between the points.'),
          points: Type.Unsafe<[number, number][]>({
            type: 'array',
            minItems: 2,
            maxItems: 1000,
            items: { type: 'array', items: Probability('Probability.'), minItems: 2, maxItems: 2 },
            description: '[raw, calibrated] probabilities, rising.',
          }),
        },
        'Map from the raw prediction to a probability.',
      ),
    ),
    limits: optional(
      object({
        prediction: Type.Unsafe<[number, number]>({
          type: 'array',
          items: Probability('Probability.'),
          minItems: 2,
          maxItems: 2,
          description: 'Predictions are held between these.',
        }),
      }),
    ),
    fallback: optional(
      object(
        {
          prior: mapOf(
            { pattern: `^(${FORMATS.join('|')})$` },
            Probability('Prediction for this format.'),
            'Prediction by format when the model is missing, late or out of range.',
          ),
        },
        'Without it a line item that needs the model does not bid when the model fails.',
      ),
    ),
    audit: optional(object({ golden: FilePath('Vectors (ndjson) that the artifact must reproduce.') })),
  },
  'A model binding.',
)
export type ModelBinding = Static<typeof ModelBindingSchema>
