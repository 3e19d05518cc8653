// ViT and ResNet as Hugging Face writes them: transformers/models/vit and transformers/models/resnet.
import { spec } from '../../../engine/graph/index.js'
import type { Architecture } from './architecture.js'
import { resnet, type ResnetConfig } from './resnet.js'
import { vit, type VitConfig } from './vit.js'

export const vitArchitecture: Architecture = {
  prefix: 'vit',
  heads: { ViTModel: 'hidden', ViTForImageClassification: 'classifier' },
  describe(fields, { head, imageSize }) {
    const size = fields.count('image_size', 224)
    if (imageSize !== undefined && imageSize !== size)
      throw fields.fault(
        'image_size',
        `${imageSize}, as asked for; its positions are made for this size alone`,
      )
    const layer = vit({
      imageSize: size,
      patchSize: fields.count('patch_size', 16),
      width: fields.count('hidden_size', 768),
      blocks: fields.count('num_hidden_layers', 12),
      heads: fields.count('num_attention_heads', 12),
      feedForward: fields.count('intermediate_size', 3072),
      activation: fields.activation('hidden_act', 'gelu'),
      epsilon: fields.amount('layer_norm_eps', 1e-12),
      dropout: fields.dropout('hidden_dropout_prob', 0),
      attentionDropout: fields.dropout('attention_probs_dropout_prob', 0),
      head: head as VitConfig['head'],
      classes: fields.classes(),
    })
    return { layer, input: spec('float32', ['batch', fields.count('num_channels', 3), size, size]) }
  },
  names: {
    'embeddings.whole': 'embeddings.cls_token',
    'embeddings.positions': 'embeddings.position_embeddings',
    'embeddings.patches': 'embeddings.patch_embeddings.projection',
    'blocks.*.norm1': 'encoder.layer.*.layernorm_before',
    'blocks.*.attention.qkv': ['query', 'key', 'value'].map(
      (part) => `encoder.layer.*.attention.attention.${part}`,
    ),
    'blocks.*.attention.output': 'encoder.layer.*.attention.output.dense',
    'blocks.*.norm2': 'encoder.layer.*.layernorm_after',
    'blocks.*.feedForward.0': 'encoder.layer.*.intermediate.dense',
    'blocks.*.feedForward.2': 'encoder.layer.*.output.dense',
    norm: 'layernorm',
    pooler: 'pooler.dense',
    classifier: 'classifier',
  },
  // Files of models with qkv_bias: false have none.
  zeros: /\.attention\.attention\.(query|key|value)\.bias$/,
  ignored: /^(embeddings\.mask_token$|(pooler|classifier|decoder)\.)/,
}

export const resnetArchitecture: Architecture = {
  prefix: 'resnet',
  heads: { ResNetModel: 'hidden', ResNetForImageClassification: 'classifier' },
  describe(fields, { head, imageSize = 224 }) {
    const channels = fields.counts('hidden_sizes', [256, 512, 1024, 2048])
    const depths = fields.counts('depths', [3, 4, 6, 3])
    if (depths.length !== channels.length)
      throw fields.fault('depths', `a number for each of ${channels.length} stages`)
    const layer = resnet({
      stem: fields.count('embedding_size', 64),
      channels,
      depths,
      block: fields.choice('layer_type', ['bottleneck', 'basic'], 'bottleneck'),
      halveFirst: fields.flag('downsample_in_first_stage', false),
      halveInNarrow: fields.flag('downsample_in_bottleneck', false),
      activation: fields.activation('hidden_act', 'relu'),
      head: head as ResnetConfig['head'],
      classes: fields.classes(),
    })
    return { layer, input: spec('float32', ['batch', fields.count('num_channels', 3), imageSize, imageSize]) }
  },
  names: {
    'stem.conv': 'embedder.embedder.convolution',
    'stem.norm': 'embedder.embedder.normalization',
    'stages.*.*.parts.*.conv': 'encoder.stages.*.layers.*.layer.*.convolution',
    'stages.*.*.parts.*.norm': 'encoder.stages.*.layers.*.layer.*.normalization',
    'stages.*.*.shortcut.conv': 'encoder.stages.*.layers.*.shortcut.convolution',
    'stages.*.*.shortcut.norm': 'encoder.stages.*.layers.*.shortcut.normalization',
    // The second of two layers; the first flattens.
    classifier: 'classifier.1',
  },
  ignored: /(\.num_batches_tracked$|^classifier\.)/,
}
