// BERT and GPT-2 as Hugging Face writes them: transformers/models/bert and transformers/models/gpt2.
import { type Spec, spec } from '../../../engine/graph/index.js'
import type { Architecture, InputSizes } from './architecture.js'
import { bert, type BertHead } from './bert.js'
import { gpt2 } from './gpt2.js'

const tokens = ({ length }: InputSizes): Spec => spec('int32', ['batch', length ?? 'time'])

export const bertArchitecture: Architecture = {
  prefix: 'bert',
  heads: {
    BertModel: 'hidden',
    BertForPreTraining: 'language',
    BertForMaskedLM: 'language',
    BertForSequenceClassification: 'classifier',
    BertForTokenClassification: 'tokens',
  },
  describe(fields, wanted) {
    fields.choice('position_embedding_type', ['absolute'], 'absolute')
    if (fields.flag('is_decoder', false))
      throw fields.fault('is_decoder', 'false; decoders are not supported')
    const layer = bert({
      vocabulary: fields.count('vocab_size', 30_522),
      width: fields.count('hidden_size', 768),
      blocks: fields.count('num_hidden_layers', 12),
      heads: fields.count('num_attention_heads', 12),
      feedForward: fields.count('intermediate_size', 3072),
      positions: fields.count('max_position_embeddings', 512),
      types: fields.count('type_vocab_size', 2),
      activation: fields.activation('hidden_act', 'gelu'),
      epsilon: fields.amount('layer_norm_eps', 1e-12),
      dropout: fields.dropout('hidden_dropout_prob', 0.1),
      attentionDropout: fields.dropout('attention_probs_dropout_prob', 0.1),
      padding: fields.amount('pad_token_id', 0),
      head: wanted.head as BertHead,
      classes: fields.classes(),
      tied: fields.flag('tie_word_embeddings', true),
    })
    return { layer, input: tokens(wanted) }
  },
  names: {
    'embeddings.word': 'embeddings.word_embeddings',
    'embeddings.position': 'embeddings.position_embeddings',
    'embeddings.type': 'embeddings.token_type_embeddings',
    'embeddings.norm': 'embeddings.LayerNorm',
    'blocks.*.attention.qkv': ['query', 'key', 'value'].map(
      (part) => `encoder.layer.*.attention.self.${part}`,
    ),
    'blocks.*.attention.output': 'encoder.layer.*.attention.output.dense',
    'blocks.*.norm1': 'encoder.layer.*.attention.output.LayerNorm',
    'blocks.*.feedForward.0': 'encoder.layer.*.intermediate.dense',
    'blocks.*.feedForward.2': 'encoder.layer.*.output.dense',
    'blocks.*.norm2': 'encoder.layer.*.output.LayerNorm',
    pooler: 'pooler.dense',
    classifier: 'classifier',
    'language.dense': 'cls.predictions.transform.dense',
    'language.norm': 'cls.predictions.transform.LayerNorm',
    'language.decoder': 'cls.predictions.decoder',
    'language.bias': 'cls.predictions.bias',
  },
  ignored: /^(embeddings\.(position|token_type)_ids$|(pooler|classifier|cls|qa_outputs)\.)/,
}

export const gpt2Architecture: Architecture = {
  prefix: 'transformer',
  heads: { GPT2Model: 'hidden', GPT2LMHeadModel: 'language' },
  describe(fields, wanted) {
    for (const [name, expected] of Object.entries({
      scale_attn_weights: true,
      scale_attn_by_inverse_layer_idx: false,
      add_cross_attention: false,
    }))
      if (fields.flag(name, expected) !== expected)
        throw fields.fault(name, `${expected}; no other is supported`)
    const width = fields.count('n_embd', 768)
    const layer = gpt2({
      vocabulary: fields.count('vocab_size', 50_257),
      width,
      blocks: fields.count('n_layer', 12),
      heads: fields.count('n_head', 12),
      feedForward: fields.count('n_inner', 4 * width),
      positions: fields.count('n_positions', 1024),
      activation: fields.activation('activation_function', 'gelu_new'),
      epsilon: fields.amount('layer_norm_epsilon', 1e-5),
      // Embeddings and parts have a share each; published configs give both the same.
      dropout: fields.dropout('resid_pdrop', 0.1),
      attentionDropout: fields.dropout('attn_pdrop', 0.1),
      head: wanted.head as 'hidden' | 'language',
      tied: fields.flag('tie_word_embeddings', true),
    })
    return { layer, input: tokens(wanted) }
  },
  names: {
    'embeddings.word': 'wte',
    'embeddings.position': 'wpe',
    'blocks.*.norm1': 'h.*.ln_1',
    'blocks.*.attention.qkv': 'h.*.attn.c_attn',
    'blocks.*.attention.output': 'h.*.attn.c_proj',
    'blocks.*.norm2': 'h.*.ln_2',
    'blocks.*.feedForward.0': 'h.*.mlp.c_fc',
    'blocks.*.feedForward.2': 'h.*.mlp.c_proj',
    norm: 'ln_f',
    language: 'lm_head',
  },
  // Its linear layers are Conv1D, whose weights are [inputs, outputs].
  transposed: /\.(c_attn|c_proj|c_fc)\.weight$/,
  ignored: /^(h\.\d+\.attn\.(bias|masked_bias)$|(lm_head|score)\.)/,
}
